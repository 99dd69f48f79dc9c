/** The class of a call's payload, found through the type of its handler's first parameter. */
export type PayloadClass = new () => object;
