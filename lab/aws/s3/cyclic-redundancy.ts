/** Cyclic redundancy checks as S3 names them, big-endian bytes. Node 20.12 has none of them built in. */

function table32(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value >>> 0;
  });
}

const CRC32 = table32(0xedb88320);
const CRC32C = table32(0x82f63b78);

function sum32(table: Uint32Array, bytes: Uint8Array): Buffer {
  let value = 0xffffffff;
  for (const byte of bytes) value = (value >>> 8) ^ table[(value ^ byte) & 0xff]!;
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE((value ^ 0xffffffff) >>> 0);
  return sum;
}

const ALL_64 = 0xffffffffffffffffn;
const CRC64_NVME = BigUint64Array.from({ length: 256 }, (_, byte) => {
  let value = BigInt(byte);
  for (let bit = 0; bit < 8; bit += 1) value = value & 1n ? (value >> 1n) ^ 0x9a6c9329ac4bc9b5n : value >> 1n;
  return value;
});

export const crc32 = (bytes: Uint8Array): Buffer => sum32(CRC32, bytes);
export const crc32c = (bytes: Uint8Array): Buffer => sum32(CRC32C, bytes);

export function crc64nvme(bytes: Uint8Array): Buffer {
  let value = ALL_64;
  for (const byte of bytes) value = (value >> 8n) ^ CRC64_NVME[Number((value ^ BigInt(byte)) & 0xffn)]!;
  const sum = Buffer.alloc(8);
  sum.writeBigUInt64BE(value ^ ALL_64);
  return sum;
}
