/** The class of a call's payload: the type of the first parameter of its handler. */
export type PayloadClass = new () => object;
