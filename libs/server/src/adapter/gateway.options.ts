import type { GatewayKind } from './gateway.kinds.js';

/** How Nest gateways of the application (`@WebSocketGateway`) are served; those with `@ServiceGateway` need none of it. */
export interface GatewayOptions {
  /**
   * What gateways with neither path nor namespace speak. When undefined it is told by the adapter that was set before, and the
   * application does not start without one.
   */
  gatewaysWithoutPath?: GatewayKind;
  /** Which origins gateways on raw WebSockets let in: `any` as under `WsAdapter`, which is the default, or `allowed` origins only. */
  gatewayOrigins?: 'any' | 'allowed';
  /** Reads the messages of gateways on raw WebSockets, as `setMessageParser` of `WsAdapter` sets it. */
  messageParser?: (data: string | Buffer | ArrayBuffer | Buffer[]) => { event: string; data: unknown } | undefined;
}
