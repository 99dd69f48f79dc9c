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
 * @property {string} [pythonPath] the folder in the package with what Python imports; Python itself is used from this machine if it is there
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

/**
 * Python with the library websockets, which is pure Python: the same package for all kinds of processors.
 *
 * @type {Tool}
 */
export const PYTHON = {
  name: 'Python with websockets',
  variable: 'PYTHON_PATH',
  commands: ['python3'],
  places: ['/usr/bin/python3', '/opt/homebrew/bin/python3'],
  versionArgument: '-cimport websockets.legacy.server',
  distributionPackage: 'python3-websockets',
  inPackage: 'usr/bin/python3',
  pythonPath: 'usr/lib/python3/dist-packages',
  install: 'install python3 and its library websockets (apt install python3-websockets)',
};

/** All programs that `npm test` needs. */
export const TOOLS = [redis, chromium, nginx, PYTHON];
