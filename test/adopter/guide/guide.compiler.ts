import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type * as TypeScript from 'typescript';
import { GuideFault } from './guide.fault.js';
import type { GuideFiles } from './guide.files.js';

/** Does what `tsc` does in the guide's folder, but reads the types of the packages once for all the times. */
export class GuideCompiler {
  private readonly ts: typeof TypeScript;
  private service: TypeScript.LanguageService | undefined;
  private config!: TypeScript.ParsedCommandLine;

  constructor(private readonly files: GuideFiles) {
    this.ts = createRequire(join(files.folder, 'package.json'))('typescript') as typeof TypeScript;
  }

  /** @param at the line of the command @throws GuideFault for the first error, with the line of the guide that has it */
  compile(at: number): void {
    const { ts } = this;
    const { folder } = this.files;
    const file = ts.readConfigFile(join(folder, 'tsconfig.json'), ts.sys.readFile);
    this.config = ts.parseJsonConfigFileContent(file.config, ts.sys, folder);
    this.service ??= ts.createLanguageService(this.host());
    const { service } = this;
    const general = [...this.config.errors, ...service.getCompilerOptionsDiagnostics()];
    const faults = this.config.fileNames.flatMap((name) => [
      ...service.getSyntacticDiagnostics(name),
      ...service.getSemanticDiagnostics(name),
    ]);
    for (const fault of [...general, ...faults]) throw this.faultOf(fault, at);
    for (const name of this.config.fileNames) {
      for (const { name: path, text } of service.getEmitOutput(name).outputFiles) {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
      }
    }
  }

  private host(): TypeScript.LanguageServiceHost {
    const { ts } = this;
    const { folder } = this.files;
    const { fileExists, readFile, readDirectory, directoryExists, getDirectories, realpath } = ts.sys;
    const textOf = (path: string) => (fileExists(path) ? readFileSync(path, 'utf8') : undefined);
    return {
      ...{ fileExists, readFile, readDirectory, directoryExists, getDirectories, ...(realpath && { realpath }) },
      getCompilationSettings: () => this.config.options,
      getScriptFileNames: () => this.config.fileNames,
      // Only the guide's own files change.
      getScriptVersion: (path) => (path.startsWith(`${folder}/`) ? (textOf(path) ?? '') : ''),
      getScriptSnapshot: (path) => ts.ScriptSnapshot.fromString(textOf(path) ?? ''),
      getCurrentDirectory: () => folder,
      getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    };
  }

  private faultOf({ file, start, messageText }: TypeScript.Diagnostic, at: number): GuideFault {
    const message = this.ts.flattenDiagnosticMessageText(messageText, '\n');
    if (!file || start === undefined) return new GuideFault(at, message);
    const path = relative(this.files.folder, file.fileName);
    const { line } = file.getLineAndCharacterOfPosition(start);
    return new GuideFault(this.files.origin(path, line) ?? at, `${path}: ${message}`);
  }
}
