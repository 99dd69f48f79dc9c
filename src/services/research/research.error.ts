import { Fault } from '@switchyard/contract';
import { RESEARCH_ERRORS, type ResearchError } from '@switchyard/services';

/** Whatever went wrong as an error that a person understands; what nobody foresaw is of the type `otherwise`. */
export function toResearchError(thrown: unknown, otherwise: ResearchError['type']): ResearchError {
  const { code, message, help } = Fault.from(thrown);
  const reason = code.slice(code.indexOf('.') + 1);
  return { type: RESEARCH_ERRORS.find((type) => type === reason) ?? otherwise, message, help };
}
