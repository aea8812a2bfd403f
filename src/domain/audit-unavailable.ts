/** The audit cannot be written or read. */
export class AuditUnavailable extends Error {
  constructor(cause: unknown) {
    super('the audit cannot be written', { cause });
    this.name = 'AuditUnavailable';
  }
}
