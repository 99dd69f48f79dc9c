import { execFile } from 'node:child_process';

/** How to run a program. */
export interface RunOptions {
  cwd: string;
  env?: NodeJS.ProcessEnv;
}

/** Runs a program to its end and returns what it printed. @throws Error with its last lines when it fails */
export function runProgram(program: string, args: readonly string[], { cwd, env }: RunOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: env ?? adopterEnvironment(), maxBuffer: 64 << 20 };
    execFile(program, [...args], options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-30).join('\n');
      reject(new Error(`unable to run ${program} ${args.join(' ')} in ${cwd}; it said\n${said}`, { cause: error }));
    });
  });
}

/** The environment of an adopter's programs: ours without what npm, Node and Jest set for the repository, and without colours. */
export function adopterEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(npm_|NODE_|JEST_|INIT_CWD$)/;
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(own), NO_COLOR: '1' };
}
