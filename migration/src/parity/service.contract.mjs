/** @typedef {import('@switchyard/contract').ServiceContract} ServiceContract */
/** @typedef {import('@switchyard/contract').ContractDescription} ContractDescription */

/** The contract that a server describes. @param {ContractDescription} description @returns {ServiceContract} */
export function contractOf({ calls, events, ...rest }) {
  return { ...rest, calls: new Map(Object.entries(calls)), events: new Map(Object.entries(events)) };
}
