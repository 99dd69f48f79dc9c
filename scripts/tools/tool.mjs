/**
 * A program the tests need and npm does not bring.
 *
 * @typedef {object} Tool
 * @property {string} name what people call it
 * @property {string} variable the environment variable that names it, read before and set for the tests
 * @property {readonly string[]} commands what it may be called on the PATH
 * @property {readonly string[]} places where it may be besides
 * @property {string} [hail] the argument it answers by saying its version (default `--version`)
 * @property {string} distributionPackage the Debian package that holds it
 * @property {string} inPackage where it is in that package's files
 * @property {string} install what to tell somebody who has to install it
 */

/** @type {Tool} */
const redis = {
  name: 'Redis',
  variable: 'REDIS_SERVER_PATH',
  commands: ['redis-server', 'valkey-server'],
  places: ['/opt/homebrew/bin/redis-server', '/usr/local/bin/redis-server'],
  distributionPackage: 'redis-server',
  inPackage: 'usr/bin/redis-server',
  install: 'install redis-server (apt install redis-server, brew install redis)',
};

/** @type {Tool} */
const chromium = {
  name: 'Chromium',
  variable: 'CHROMIUM_PATH',
  commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'],
  places: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
  distributionPackage: 'chromium',
  inPackage: 'usr/lib/chromium/chromium',
  install: 'install Chromium or Chrome (apt install chromium, brew install --cask google-chrome)',
};

/** @type {Tool} */
const nginx = {
  name: 'nginx',
  variable: 'NGINX_PATH',
  commands: ['nginx'],
  places: ['/usr/sbin/nginx', '/opt/homebrew/bin/nginx', '/usr/local/bin/nginx'],
  hail: '-v',
  distributionPackage: 'nginx',
  inPackage: 'usr/sbin/nginx',
  install: 'install nginx (apt install nginx, brew install nginx)',
};

/** Every program the tests need. */
export const TOOLS = [redis, chromium, nginx];
