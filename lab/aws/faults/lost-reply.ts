/** Status and error a call is logged with whose effect happened, or was refused, and whose answer nobody got. */
export const LOST_STATUS = 0;

export const lostReply = (refusedWith: string | null): string =>
  refusedWith === null ? 'lost_reply' : `lost_reply, ${refusedWith}`;
