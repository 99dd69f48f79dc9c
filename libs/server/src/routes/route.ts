import 'reflect-metadata';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Type } from '@nestjs/common';
import type { RouteGroupName } from './http.options.js';

/** A request to a route of the framework, on any HTTP adapter, with the head of its answer. */
export interface RouteRequest {
  readonly request: IncomingMessage;
  /** For routes that answer by themselves, which are `streams`. */
  readonly response: ServerResponse;
  /** The decoded parameters of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Receives the body, any JSON value; undefined when there is none. @throws Error with the HTTP status of its refusal */
  readonly body: () => Promise<unknown>;
  /** The status and the headers of the answer, which a handler may change: 200 and none. */
  readonly answer: { status: number; readonly headers: Record<string, string> };
}

/** What is known about a route beyond its method and path. */
export interface RouteOptions {
  /** Whether the handler answers by itself; otherwise it returns a JSON value. */
  streams?: boolean;
}

interface RouteMethod extends RouteOptions {
  method: 'GET' | 'POST' | 'PUT';
  /** Below the path of the group, with `:name` for a parameter; empty for the group's own. */
  path: string;
  /** The name of the method that answers. */
  handler: string;
}

/** The group that a class of routes belongs to, which is served or switched off as a whole. */
interface RouteGroupEntry {
  group: RouteGroupName;
  path: string;
  /** Whether its routes need the admin token. */
  admin: boolean;
}

/** A route of the framework; `path` is below the prefix of all routes. */
export interface RouteEntry extends RouteMethod, Pick<RouteGroupEntry, 'admin'> {
  type: Type;
}

/** A class whose methods are routes, made with its dependencies. */
export type RouteType = Type;

const METHODS = Symbol('switchyard.routes');
const GROUP = Symbol('switchyard.route-group');

/** Makes a method the handler of a route: `(request: RouteRequest) => JSON value`. */
export function Route(method: RouteMethod['method'], path = '', options: RouteOptions = {}) {
  return <H extends (request: RouteRequest) => unknown>(
    target: object,
    handler: string,
    _descriptor: TypedPropertyDescriptor<H>,
  ): void => {
    Reflect.defineMetadata(METHODS, [...methodsOf(target), { method, path, handler, ...options }], target);
  };
}

/** Makes a class routes of the framework below `path`, in a group that an application can switch off. */
export function RouteGroup(group: RouteGroupName, path: string, { admin = false }: { admin?: boolean } = {}) {
  return (type: Type): void => {
    const entry: RouteGroupEntry = { group, path: `/${path.replace(/^\//, '')}`, admin };
    Reflect.defineMetadata(GROUP, entry, type);
  };
}

/** The group of a class of routes. @throws TypeError when it is none */
export function groupOf(type: RouteType): RouteGroupEntry {
  const entry = Reflect.getMetadata(GROUP, type) as RouteGroupEntry | undefined;
  if (!entry) throw new TypeError(`unable to serve the routes of ${type.name}; it has no @RouteGroup`);
  return entry;
}

/** The routes of a class. */
export function routesOf(type: RouteType): readonly RouteEntry[] {
  const { path, admin } = groupOf(type);
  return methodsOf(type.prototype as object).map((route) => ({ ...route, admin, type, path: `${path}${route.path}` }));
}

function methodsOf(target: object): readonly RouteMethod[] {
  return (Reflect.getMetadata(METHODS, target) as readonly RouteMethod[] | undefined) ?? [];
}
