import { BaseRoomService, Call, ServiceGateway } from '@switchyard/server';
import { IsString, Length } from 'class-validator';
import { clock } from './clock.js';

class Wind {
  @IsString()
  @Length(1, 64)
  clock_id: string;
}

@ServiceGateway(clock)
export class ClockGateway extends BaseRoomService<typeof clock> {
  private at = 0;

  override snapshot() {
    return { at: this.at };
  }

  @Call('wind')
  async wind({ clock_id }: Wind) {
    await this.publish(clock_id, 'tick', { at: (this.at += 1) });
    return { wound: true };
  }
}
