import { Injectable, SetMetadata, applyDecorators, type Type } from '@nestjs/common';
import type { DiscoveryService } from '@nestjs/core';
import { faultKind, type ServiceContract, type TypesOf } from '@switchyard/contract';
import type { PayloadClass } from '../validation/payload.class.js';
import type { DeclaredWire } from './declared.wire.js';

/** How a service is served in addition to its namespace. */
export interface ServiceGatewayOptions<C extends ServiceContract> {
  /** The old wires to keep serving, such as `legacy(codec)`; our clients are sent to the first that they speak. */
  wires?: readonly DeclaredWire<TypesOf<C>>[];
  /** The class against which a join's options are validated, where the contract has some. */
  join?: JoinClass<C>;
}

type JoinClass<C extends ServiceContract> = TypesOf<C> extends { join: infer J extends object } ? new () => J : never;

/** The options are required where a contract's joins take options, which need a class. */
type GatewayArguments<C extends ServiceContract> =
  TypesOf<C> extends { join: object }
    ? [options: ServiceGatewayOptions<C> & { join: JoinClass<C> }]
    : [options?: ServiceGatewayOptions<C>];

/** The arguments of `@ServiceGateway`. */
export interface ServiceGatewayMetadata {
  contract: ServiceContract;
  wires?: readonly DeclaredWire[];
  join?: PayloadClass;
}

/** The metadata key under which `@ServiceGateway` marks a provider. */
const SERVICE_GATEWAY = 'switchyard:gateway';

/**
 * Serves a class derived from `BaseRoomService` as the service of `contract`, on every wire.
 *
 * @throws TypeError when the contract's `notFound` is not registered
 */
export function ServiceGateway<C extends ServiceContract>(
  contract: C,
  ...[options]: GatewayArguments<C>
): ClassDecorator {
  const { name, notFound } = contract;
  // Not when the contract is defined, because a page has no fault that only a server raises.
  if (!faultKind(notFound)) throw new TypeError(`unable to serve ${name}; its notFound, "${notFound}", is no fault`);
  return applyDecorators(Injectable(), SetMetadata(SERVICE_GATEWAY, { contract, ...options }));
}

/** A provider that `@ServiceGateway` marks; Nest may not have made it yet. */
export interface FoundGateway {
  readonly type: Type;
  readonly metadata: ServiceGatewayMetadata;
  readonly instance: unknown;
}

/** The gateways of an application, in the order their modules are imported. */
export function findGateways(discovery: DiscoveryService): FoundGateway[] {
  return discovery.getProviders().flatMap(({ instance, metatype }) => {
    if (typeof metatype !== 'function') return [];
    const metadata = Reflect.getMetadata(SERVICE_GATEWAY, metatype) as ServiceGatewayMetadata | undefined;
    return metadata ? [{ type: metatype as Type, metadata, instance: instance as unknown }] : [];
  });
}
