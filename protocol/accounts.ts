/**
 * Accounts, sessions, devices and profiles (contract, section 1).
 */
import { z } from "zod";
import { Avatar } from "./conversation.ts";
import { DeviceId, HANDLE_PATTERN, Ms, UserId } from "./ids.ts";

export const Handle = z
  .string()
  .transform((handle) => handle.toLowerCase())
  .pipe(z.string().regex(HANDLE_PATTERN, "must have 3 to 32 of a-z, 0-9, _ and ."));
export const Password = z.string().min(8, "must have 8 to 256 characters").max(256, "must have 8 to 256 characters");
export const DisplayName = z.string().trim().min(1).max(64);
export const DeviceInfo = z.object({
  name: z.string().trim().min(1).max(64),
  platform: z.string().trim().min(1).max(32),
});
export type DeviceInfo = z.infer<typeof DeviceInfo>;

/** Who may see when the owner was last online [P2]. */
export const Visibility = z.enum(["everyone", "contacts", "nobody"]);
export type Visibility = z.infer<typeof Visibility>;
export const Privacy = z.object({ lastSeen: Visibility });
export type Privacy = z.infer<typeof Privacy>;

export const PublicProfile = z.object({
  id: UserId,
  handle: z.string(),
  displayName: z.string(),
  about: z.string(),
  avatar: z.string().nullable(),
});
export type PublicProfile = z.infer<typeof PublicProfile>;

/** The account as its owner sees it. */
export const User = PublicProfile.extend({ privacy: Privacy, createdAt: Ms });
export type User = z.infer<typeof User>;

export const Device = z.object({
  id: DeviceId,
  name: z.string(),
  platform: z.string(),
  createdAt: Ms,
  lastSeenAt: Ms,
  current: z.boolean(),
});
export type Device = z.infer<typeof Device>;

export const Register = z.object({
  handle: Handle,
  password: Password,
  displayName: DisplayName.optional(),
  device: DeviceInfo,
});
export const SignIn = z.object({
  handle: z
    .string()
    .max(256)
    .transform((handle) => handle.toLowerCase()),
  password: z.string().max(1024),
  device: DeviceInfo,
});
export const Refresh = z.object({ refreshToken: z.string().min(1).max(512) });
export const DeleteAccount = z.object({ password: z.string().max(1024) });
export const UpdateMe = z
  .object({
    displayName: DisplayName.optional(),
    about: z.string().max(256).optional(),
    avatar: Avatar.optional(),
    privacy: Privacy.partial().optional(),
  })
  .refine((patch) => Object.values(patch).some((value) => value !== undefined), "needs something to change");
export type UpdateMe = z.infer<typeof UpdateMe>;

export const Session = z.object({
  user: User,
  device: Device,
  accessToken: z.string(),
  accessTokenExpiresAt: Ms,
  refreshToken: z.string(),
});
export type Session = z.infer<typeof Session>;

export const DeviceList = z.object({ devices: z.array(Device) });
export const BlockList = z.object({ users: z.array(UserId) });
