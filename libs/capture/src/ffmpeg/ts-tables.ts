/** Stream types of video (ISO/IEC 13818-1 table 2-34). */
const PICTURES = new Set([0x01, 0x02, 0x10, 0x1b, 0x20, 0x24, 0x33]);
/** PES packets of private data. Only a descriptor can say what they contain. */
const PRIVATE_DATA = 0x06;
/** `registration_descriptor` (section 2.6.8). */
const REGISTRATION = 0x05;
/** Program association, conditional access and service description tables, and null packets. */
const TABLE_PIDS = new Set([0x0000, 0x0001, 0x0011]);

/**
 * What a transport stream says about itself, and which of its packets lead: those of the video, else of the first
 * audio.
 */
export class TsTables {
  #mapPid: number | undefined;
  #leading: number | undefined;
  #hasPicture = false;
  #hasUnnamed = false;
  #beside: ReadonlySet<number> = new Set();

  /** The packets by which the stream is cut; undefined until its tables have arrived. */
  get leading(): number | undefined {
    return this.#leading;
  }

  /**
   * Whether a packet belongs to another stream than the leading one: audio beside a video, a second audio, and so on.
   */
  isBeside(pid: number): boolean {
    return this.#beside.has(pid);
  }

  get hasPicture(): boolean {
    return this.#hasPicture;
  }

  /** It contains a stream whose coding is not named, so it could not be read again. */
  get hasUnnamed(): boolean {
    return this.#hasUnnamed;
  }

  /** @returns whether the packet is one of the stream's tables */
  take(pid: number, packet: Buffer): boolean {
    if (pid === 0) {
      const table = section(packet, 0x00);
      // After the header of eight bytes come the program's number and the PID of its map.
      if (table !== undefined && table.length >= 16) this.#mapPid = table.readUInt16BE(10) & 0x1fff;
      return true;
    }
    if (pid !== this.#mapPid) return TABLE_PIDS.has(pid);
    const table = section(packet, 0x02);
    if (table !== undefined) this.#read(table);
    return true;
  }

  #read(map: Buffer): void {
    const streams: { readonly type: number; readonly pid: number; readonly isNamed: boolean }[] = [];
    const end = map.length - 4;
    for (let at = 12 + (map.readUInt16BE(10) & 0x0fff); at + 5 <= end;) {
      const next = at + 5 + (map.readUInt16BE(at + 3) & 0x0fff);
      const type = map.readUInt8(at);
      const isNamed = type !== PRIVATE_DATA || tagsOf(map.subarray(at + 5, next)).includes(REGISTRATION);
      streams.push({ type, pid: map.readUInt16BE(at + 1) & 0x1fff, isNamed });
      at = next;
    }
    const picture = streams.find(({ type }) => PICTURES.has(type));
    this.#hasPicture = picture !== undefined;
    this.#hasUnnamed = streams.some(({ isNamed }) => !isNamed);
    this.#leading = (picture ?? streams[0])?.pid;
    this.#beside = new Set(streams.map(({ pid }) => pid).filter((pid) => pid !== this.#leading));
  }
}

/** The kinds of the descriptors in a list. */
function tagsOf(descriptors: Buffer): readonly number[] {
  const tags: number[] = [];
  for (let at = 0; at + 2 <= descriptors.length; at += 2 + descriptors.readUInt8(at + 1))
    tags.push(descriptors.readUInt8(at));
  return tags;
}

/** A section that fits in its packet, as those of one program do. */
function section(packet: Buffer, tableId: number): Buffer | undefined {
  const starts = (packet.readUInt8(1) & 0x40) !== 0;
  const control = (packet.readUInt8(3) >> 4) & 3;
  const payload = control === 3 ? 5 + packet.readUInt8(4) : 4;
  if (!starts || (control & 1) === 0 || payload >= packet.length) return undefined;
  const from = payload + 1 + packet.readUInt8(payload);
  if (from + 3 > packet.length || packet.readUInt8(from) !== tableId) return undefined;
  const table = packet.subarray(from, from + 3 + (packet.readUInt16BE(from + 1) & 0x0fff));
  return table.length >= 12 ? table : undefined;
}
