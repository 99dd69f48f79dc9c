import { defineService, jsonRpc, jsonRpcNotification, type LegacyCodec } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, legacy } from '@switchyard/server';
import { IsInt, IsString } from 'class-validator';

export class Deposit {
  @IsString()
  account_id: string;

  @IsInt()
  amount: number;
}

export interface Balance {
  balance: number;
}

export interface AccountTypes {
  room: { account_id: string };
  calls: { deposit: { payload: Deposit; reply: Balance } };
  events: { deposited: Balance & { amount: number } };
  snapshot: Balance;
}

export const accounts = defineService<AccountTypes>()({
  name: 'accounts',
  kind: 'log',
  room: { prefix: 'account', key: 'account_id' },
  join: 'join_account',
  leave: 'leave_account',
  snapshot: 'account_balance',
  calls: { deposit: {} },
  events: { deposited: {} },
});

/** The old wire: requests, replies and notifications of JSON-RPC 2.0, on a path that names the account. */
export const accountsRpc: LegacyCodec<AccountTypes> = {
  path: '/rpc/accounts/:account_id',
  ...jsonRpc<AccountTypes>({
    // The account is in the path, so the old params do not have it.
    decode: (method, params, { key }) => ({
      call: method as 'deposit',
      payload: { ...params, account_id: key } as Deposit,
    }),
    encode: ({ call, payload: { amount } }) => ({ method: call, params: { amount } }),
  }),
  encodeSnapshot: (snapshot) => [jsonRpcNotification('balance', snapshot)],
  encodeEvent: ({ event, payload }) => jsonRpcNotification(event, payload),
  decodeEvent(frame) {
    const { method, params } = frame as { method?: string; params: AccountTypes['events']['deposited'] };
    if (method === 'balance') return { kind: 'snapshot', payload: params };
    return method === 'deposited' ? { kind: 'event', event: method, payload: params } : undefined;
  },
  unknownRoom: () => ({ frames: [], close: { code: 4404, reason: 'no such account' } }),
  project: (event) => event,
};

@ServiceGateway(accounts, { wires: [legacy(accountsRpc)] })
export class AccountsGateway extends BaseRoomService<typeof accounts> {
  readonly balances = new Map<string, number>();
  approve: (deposit: Deposit) => Promise<void> = () => Promise.resolve();

  override snapshot(key: string) {
    const balance = this.balances.get(key);
    return balance === undefined ? undefined : { balance };
  }

  @Call('deposit')
  async deposit(deposit: Deposit): Promise<Balance> {
    const { account_id, amount } = deposit;
    await this.approve(deposit);
    const balance = this.known(this.balances.get(account_id)) + amount;
    this.balances.set(account_id, balance);
    await this.commit(account_id, 'deposited', { amount, balance });
    return { balance };
  }
}
