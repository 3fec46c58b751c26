/** A folder inside a command that PostgreSQL hands to the shell, after it has put names in for `%f` and `%p`. */
const quoted = (folder: string): string => `'${folder.replaceAll("'", `'\\''`)}'`.replaceAll('%', '%%');

/**
 * Command that keeps a finished log segment, compressed: with a heartbeat a second most of a segment is empty. Under its
 * own name only when it is whole.
 */
export function archiveCommand(folder: string): string {
  const file = `${quoted(folder)}/%f`;
  return `gzip -1 -c "%p" > ${file}.tmp && mv ${file}.tmp ${file}.gz`;
}

/**
 * Command that fetches a segment back. One that is not there or does not match its checksum is an error to PostgreSQL as
 * the archive's end would be, so a recovery with a target fails there.
 */
export function restoreCommand(folder: string): string {
  const file = `${quoted(folder)}/%f.gz`;
  return `test -f ${file} && gzip -d -c ${file} > "%p"`;
}
