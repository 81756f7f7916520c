// What kinds of files there are, by what they begin with.

export const PICTURE = [0x8b, 0x53, 0x56, 0x41];
const ARCHIVE = [0x8b, 0x53, 0x56, 0x52];
export const CODEC_MODEL = [0x53, 0x56, 0x43, 0x4d, 0x01];

const begins = (magic) => (bytes) => magic.every((byte, i) => bytes[i] === byte);

/** Whether bytes begin as a `.svae` file does. */
export const isPicture = begins(PICTURE);

/** Whether they begin as a `.svar` file does, which holds many. */
export const isArchive = begins(ARCHIVE);

/** Whether they begin as a `.svcm` file does. */
export const isCodecModel = begins(CODEC_MODEL);
