/**
 * A program that the tests need and npm does not install.
 *
 * @typedef {object} Tool
 * @property {string} name the display name
 * @property {string} variable the environment variable with its path, read first and set for the tests
 * @property {readonly string[]} commands the possible names on the PATH
 * @property {readonly string[]} places other possible paths
 * @property {string} [versionArgument] the argument that prints the version (default `--version`)
 * @property {string} distributionPackage the Debian package that contains it
 * @property {string} inPackage its path in the package
 * @property {string} install the installation hint
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
  // The shell comes first: it needs less than half of a whole browser's processor time.
  commands: [
    'chromium-headless-shell',
    'chrome-headless-shell',
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    'chrome',
    'msedge',
  ],
  places: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
  distributionPackage: 'chromium-headless-shell',
  inPackage: 'usr/lib/chromium/chromium-headless-shell',
  install: 'install Chromium or Chrome (apt install chromium, brew install --cask google-chrome)',
};

/** @type {Tool} */
const nginx = {
  name: 'nginx',
  variable: 'NGINX_PATH',
  commands: ['nginx'],
  places: ['/usr/sbin/nginx', '/opt/homebrew/bin/nginx', '/usr/local/bin/nginx'],
  versionArgument: '-v',
  distributionPackage: 'nginx',
  inPackage: 'usr/sbin/nginx',
  install: 'install nginx (apt install nginx, brew install nginx)',
};

/** All programs that the tests need. */
export const TOOLS = [redis, chromium, nginx];
