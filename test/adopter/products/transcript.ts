import { closeText, RawWebSocket, type RawFrame } from '../wire/raw.websocket.js';

/** A conversation of old clients with an old product: its title and its lines. */
export interface Conversation {
  title: string;
  lines: readonly string[];
}

/**
 * Reads conversations. The lines that somebody wrote are what clients do, the others are what the product answered:
 *
 *     open a /path Header: value; other      a client connects; `|` lines are the answer to its handshake
 *     refused /path                          the same for a handshake that is refused
 *     a> text    a>> 00ff                    it sends a text or binary frame
 *     a< text    a<< 00ff                    it receives one
 *     closed a 4000 reason                   the product closes its socket
 *     bye a                                  it closes by itself; nothing may be left unread
 *     http POST /path body                   something happens in the product; the `=` line is the answer
 */
export function readTranscript(text: string): Conversation[] {
  return text
    .split(/^# /m)
    .slice(1)
    .map((part) => {
      const [title = '', ...lines] = part.trimEnd().split('\n');
      return { title, lines: lines.filter((line) => line.trim() !== '') };
    });
}

/** Writes conversations as `readTranscript` reads them. */
export const writeTranscript = (all: readonly Conversation[]): string =>
  all.map(({ title, lines }) => [`# ${title}`, ...lines, ''].join('\n')).join('\n');

/** Does what the clients of a conversation do and returns it with what the product answers now. */
export async function play(port: number, { title, lines }: Conversation): Promise<Conversation> {
  const player = new Player(port);
  try {
    for (const line of lines) await player.play(line);
  } finally {
    player.end();
  }
  return { title, lines: player.lines };
}

class Player {
  readonly lines: string[] = [];
  private readonly sockets = new Map<string, RawWebSocket>();

  constructor(private readonly port: number) {}

  async play(line: string): Promise<void> {
    const [word = '', ...rest] = line.split(' ');
    const text = line.slice(word.length + 1);
    if (/^[|=]/.test(word)) return;
    if (word === 'open') await this.open(rest[0]!, rest[1]!, rest.slice(2).join(' '), line);
    else if (word === 'refused') await this.refused(rest[0]!, rest.slice(1).join(' '), line);
    else if (word === 'http') await this.http(rest[0]!, rest[1]!, rest.slice(2).join(' '), line);
    else if (word === 'bye') await this.bye(rest[0]!);
    else if (word === 'closed') await this.receive(rest[0]!);
    else if (word.endsWith('<')) await this.receive(word.replace(/<+$/, ''));
    else if (word.endsWith('>')) this.send(word.replace(/>+$/, ''), word.endsWith('>>') ? bytesOf(text) : text, line);
    else throw new Error(`unable to play a transcript; there is no ${word} in "${line}"`);
  }

  end(): void {
    for (const socket of this.sockets.values()) socket.close();
  }

  private socket(name: string): RawWebSocket {
    const socket = this.sockets.get(name);
    if (!socket) throw new Error(`unable to play a transcript; ${name} is not open`);
    return socket;
  }

  private async open(name: string, path: string, header: string, line: string): Promise<void> {
    const socket = await RawWebSocket.open(this.port, path, headersOf(header));
    this.sockets.set(name, socket);
    this.lines.push(line, ...headLines(socket));
    if (!socket.isOpen) throw new Error(`unable to open ${path}; the answer is ${socket.head.join(', ')}`);
  }

  private async refused(path: string, header: string, line: string): Promise<void> {
    const socket = await RawWebSocket.open(this.port, path, headersOf(header));
    const { body, ended } = socket.isOpen ? { body: '', ended: false } : await socket.refusal();
    socket.close();
    this.lines.push(line, ...headLines(socket), `| ${JSON.stringify(body)} ${ended ? 'ended' : 'left open'}`);
  }

  private send(name: string, data: string | Buffer, line: string): void {
    this.socket(name).send(data);
    this.lines.push(line);
  }

  private async receive(name: string): Promise<void> {
    this.lines.push(described(name, await this.socket(name).receive()));
  }

  /** The pong of a ping shows that everything before it has been read. */
  private async bye(name: string): Promise<void> {
    const socket = this.socket(name);
    socket.sendFrame('ping', Buffer.from('end'));
    for (;;) {
      const frame = await socket.receive();
      if (frame?.kind === 'pong') break;
      this.lines.push(described(name, frame));
      if (!frame || frame.kind === 'close') break;
    }
    socket.close();
    this.lines.push(`bye ${name}`);
  }

  private async http(method: string, path: string, body: string, line: string): Promise<void> {
    const headers: Record<string, string> = body.startsWith('{') ? { 'Content-Type': 'application/json' } : {};
    const init = body === '' ? { method } : { method, body, headers };
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, init);
    this.lines.push(line, `= ${response.status} ${steady(await response.text())}`);
  }
}

/** The answer to a handshake, without what the version of a library decides. */
const headLines = ({ head }: RawWebSocket) => head.filter((line) => !/^server:/i.test(line)).map((line) => `| ${line}`);

function headersOf(header: string): Record<string, string> {
  const [name = '', value] = header.split(': ');
  return value === undefined ? {} : { [name]: value };
}

function bytesOf(text: string): Buffer {
  const [, byte, times] = /^repeat (\w\w) (\d+)$/.exec(text) ?? [];
  return byte ? Buffer.alloc(Number(times), Buffer.from(byte, 'hex')) : Buffer.from(text, 'hex');
}

function described(name: string, frame: RawFrame | undefined): string {
  if (!frame) return `${name} gets nothing`;
  if (frame.kind === 'close') return `closed ${name} ${closeText(frame.payload)}`;
  if (frame.kind === 'text' && frame.rsv === 0) return `${name}< ${steady(frame.payload.toString())}`;
  return `${name}<<${frame.rsv ? ` rsv ${frame.rsv}` : ''} ${frame.payload.toString('hex')}`;
}

const steady = (text: string) => text.replaceAll(/[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}/g, '<uuid>');
