import { nearName } from '../validation/near.name.js';

/** A service and its flag. */
export interface FlaggedService {
  name: string;
  flag: string;
}

/** The flags of no service, and the services without a flag, each in a sentence. */
export function flagMismatches(flags: readonly string[], services: readonly FlaggedService[]): string[] {
  const missing = services.filter(({ flag }) => !flags.includes(flag));
  const strangers = flags.filter((name) => !services.some(({ flag }) => flag === name));
  // The name that was meant is most likely one that is missing.
  const wanted = [...missing, ...services].map(({ flag }) => flag);
  return [
    ...strangers.map((name) => {
      const near = nearName(name, wanted);
      return `the flag ${name} is of no service${near ? `; did you mean ${near}?` : ''}`;
    }),
    ...missing.map(({ name, flag }) => `the service ${name} has no flag ${flag}, so it begins at legacy`),
  ];
}
