/**
 * Example values of the OpenAPI description. A test holds each against its validator.
 */
const ADA = "u_9QmXvTn2Rk6sYbLc0dWfEg";
const BOB = "u_Zr4Kp8hJt1uVw3xNq5mAoI";
const CONVERSATION = "g_3sLwPq7VbXn2Rk6sYbLc0d";
const ENTRY = "01939b4c-7f1e-7a3b-9c55-2f6d1c0b8e47";
const MEDIA = "m_01939b4c7f1e7a3b9c552f6d1c0b8e48";
const AT = 1_732_233_600_000;

export const profile = { id: ADA, handle: "ada", displayName: "Ada", about: "Here to write", avatar: null };
export const user = { ...profile, privacy: { lastSeen: "contacts" }, createdAt: AT };
export const device = {
  id: "dev_2Rk6sYbLc0dWfEg9",
  name: "Ada's laptop",
  platform: "web",
  createdAt: AT,
  lastSeenAt: AT + 60_000,
  current: true,
};
export const register = {
  handle: "ada",
  password: "a long and private sentence",
  displayName: "Ada",
  device: { name: "Ada's laptop", platform: "web" },
};
export const signIn = { handle: register.handle, password: register.password, device: register.device };
export const session = {
  user,
  device,
  accessToken: "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl",
  accessTokenExpiresAt: AT + 900_000,
  refreshToken: `${ADA}.dev_2Rk6sYbLc0dWfEg9.Zm9v.YmFy`,
};
export const refresh = { refreshToken: session.refreshToken };
export const deleteAccount = { password: register.password };
export const updateMe = { about: "Gone sailing", privacy: { lastSeen: "nobody" } };
export const deviceList = { devices: [device] };
export const blockList = { users: [BOB] };

export const createConversation = { kind: "group", title: "Sailing", members: [BOB] };
export const updateConversation = { title: "Sailing in May" };
export const conversation = {
  id: CONVERSATION,
  kind: "group",
  title: "Sailing",
  avatar: null,
  memberCount: 2,
  head: 2,
  floor: 1,
  role: "admin",
  retentionDays: null,
};
export const entry = {
  seq: 2,
  id: ENTRY,
  sender: { user: ADA, device: device.id },
  at: AT,
  kind: "message",
  body: { text: "Shall we?" },
  chain: "8xFq0Zr4Kp8hJt1uVw3xNg",
};
export const summary = {
  ...conversation,
  cursor: 2,
  read: 2,
  unread: 0,
  mutedUntil: null,
  last: entry,
  receipts: { delivered: 2, read: 1 },
};
export const conversationList = { conversations: [summary] };
export const member = { user: BOB, role: "member", delivered: 2, read: 1 };
export const memberList = { members: [member] };
export const putMember = { role: "admin" };
export const append = { id: ENTRY, kind: "message", body: { text: "Shall we?" } };
export const appended = { conversation: CONVERSATION, id: ENTRY, seq: 2, at: AT };
export const page = { after: 1, to: 2, entries: [entry], head: 2, floor: 1, more: false };
export const markRead = { seq: 2 };
export const mute = { until: AT + 3_600_000 };
export const receipts = { seq: 2, delivered: [BOB], read: [] };

export const startUpload = {
  name: "harbour.jpg",
  type: "image/jpeg",
  size: 48_213,
  sha256: "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
};
export const uploadTicket = {
  id: MEDIA,
  uploadUrl: `https://chat.example.com/v1/conversations/${CONVERSATION}/media/${MEDIA}/upload?user=…&signature=…`,
  expiresAt: AT + 86_400_000,
  partSize: 8_388_608,
};
export const uploadState = { id: MEDIA, size: 20_000_000, partSize: 8_388_608, parts: [1, 2], complete: false };
export const uploaded = { id: MEDIA, size: startUpload.size, sha256: startUpload.sha256 };
export const mediaLink = {
  url: `https://chat.example.com/v1/conversations/${CONVERSATION}/media/${MEDIA}/content?expires=…&signature=…`,
  expiresAt: AT + 600_000,
};

export const pushTarget = {
  kind: "webpush",
  endpoint: "https://push.example.com/send/dGhlIHN1YnNjcmlwdGlvbg",
  keys: {
    p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    auth: "BTBZMqHH6r4Tts7J_aSIgg",
  },
};
export const pushState = { publicKey: pushTarget.keys.p256dh, registered: { kind: "webpush", preview: false } };

export const ids = { user: BOB, device: device.id, conversation: CONVERSATION, media: MEDIA };
