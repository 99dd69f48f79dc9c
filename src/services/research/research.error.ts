import { Fault } from '@switchyard/contract';
import { RESEARCH_ERRORS, type ResearchError } from '@switchyard/services';

/** Turns a thrown value into an error for people; an unknown one gets the type `fallback`. */
export function toResearchError(thrown: unknown, fallback: ResearchError['type']): ResearchError {
  const { code, message, help } = Fault.from(thrown);
  const reason = code.slice(code.indexOf('.') + 1);
  return { type: RESEARCH_ERRORS.find((type) => type === reason) ?? fallback, message, help };
}
