/** Where a server really listens. As text it reads HOST:PORT, so it fits into a URL. */
export class Address {
  constructor(
    readonly host: string,
    readonly port: number,
  ) {}

  toString(): string {
    return `${this.host.includes(':') ? `[${this.host}]` : this.host}:${this.port}`;
  }
}
