/** The environment variable with a Python that has the library websockets. */
const VARIABLE = 'PYTHON_PATH';

/** Returns the command of a Python with the library websockets. @throws Error that says how to get one */
export function pythonWithWebsockets(): Promise<readonly string[]> {
  const program = process.env[VARIABLE];
  if (program) return Promise.resolve([program]);
  return Promise.reject(new Error(`unable to run Python; install python3-websockets or set ${VARIABLE}`));
}
