import 'reflect-metadata';
import type { CallName, CallPayload, CallReply, ServiceContract, ServiceTypes, TypesOf } from '@switchyard/contract';
import type { Caller } from '../caller/caller.js';
import type { PayloadClass } from '../validation/payload.class.js';

const CALLS = Symbol('switchyard.calls');

/** How a call is made. */
export interface CallHandling {
  /** `run`: in the process that works on the run of the named room, if there is one. */
  at?: 'run';
}

/** How a call is made, and the class that its payload is validated against. */
interface CallRules extends CallHandling {
  payload: PayloadClass;
}

/** A call's handler: the name of a method, or the function of a built-in call. */
export type CallHandler = CallRules &
  ({ method: string } | { answer(payload: object, caller: Caller): Promise<object> });

/** Anything that has a contract, from which `@Call` reads the types. */
interface Contracted {
  readonly contract: ServiceContract;
}

type Answer<T extends ServiceTypes, N extends CallName<T>> = CallReply<T, N> | Promise<CallReply<T, N>>;

/** Why a method cannot be the handler of a call; the compiler shows it where `@Call` stands. */
export interface CallMismatch<Problem extends string, Expected> {
  problem: Problem;
  expected: Expected;
}

/** The descriptor of a method that is a handler of the call `N`, and a `CallMismatch` for any other. */
export type CallDescriptor<T extends ServiceTypes, N extends string, M> =
  N extends CallName<T> ? FitsCall<T, N, M> : CallMismatch<`the contract has no call "${N}"`, CallName<T>>;

type FitsCall<T extends ServiceTypes, N extends CallName<T>, M> = M extends (
  payload: infer P,
  ...rest: never[]
) => infer R
  ? [CallPayload<T, N>] extends [P]
    ? [R] extends [Answer<T, N>]
      ? FitsCaller<T, N, M>
      : CallMismatch<`the handler of "${N}" must return the reply of the contract`, CallReply<T, N>>
    : CallMismatch<
        `the first parameter of the handler of "${N}" must take the payload of the contract`,
        CallPayload<T, N>
      >
  : CallMismatch<`the handler of "${N}" must be a method`, (payload: CallPayload<T, N>, caller: Caller) => unknown>;

type FitsCaller<T extends ServiceTypes, N extends CallName<T>, M> = M extends (
  payload: CallPayload<T, N>,
  caller: Caller,
) => unknown
  ? TypedPropertyDescriptor<M>
  : CallMismatch<`the handler of "${N}" is called with the payload and the caller`, Caller>;

/**
 * Makes a method of a service the handler of the call `name`: `(payload, caller) => reply`.
 *
 * The type of the first parameter must be a class, against which the payload is validated.
 */
export function Call<N extends string>(name: N, handling: CallHandling = {}) {
  return <S extends Contracted, M>(
    target: S,
    method: string,
    _descriptor: CallDescriptor<TypesOf<S['contract']>, N, M> & TypedPropertyDescriptor<M>,
  ): void => {
    const [payload] = Reflect.getMetadata('design:paramtypes', target, method) as [PayloadClass?];
    if (typeof payload !== 'function' || (payload as unknown) === Object) {
      throw new TypeError(`unable to bind the call "${name}"; ${method}'s first parameter must be a DTO class`);
    }
    bindCall(target, name, { ...handling, method, payload });
  };
}

/** Binds a handler on a service, or on the prototype of one. @throws TypeError when the call has one already */
export function bindCall(target: object, name: string, handler: CallHandler): void {
  const calls = callsOf(target);
  if (calls.has(name)) throw new TypeError(`unable to bind the call "${name}"; it has two handlers`);
  Reflect.defineMetadata(CALLS, new Map(calls).set(name, handler), target);
}

/** The handlers bound on a service, by call. */
export function callsOf(target: object): ReadonlyMap<string, CallHandler> {
  return (Reflect.getMetadata(CALLS, target) as ReadonlyMap<string, CallHandler> | undefined) ?? new Map();
}
