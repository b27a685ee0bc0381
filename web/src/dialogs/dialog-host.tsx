/** Shows the dialog that is open. */
import type { JSX } from "preact";
import { dialog } from "../state/dialogs.ts";
import { AddMembers } from "./add-members.tsx";
import { Choose } from "./choose.tsx";
import { DeleteAccount } from "./delete-account.tsx";
import { Jump } from "./jump.tsx";
import { NewChat } from "./new-chat.tsx";
import { NewGroup } from "./new-group.tsx";
import { Receipts } from "./receipts.tsx";
import { Rename } from "./rename.tsx";

export function DialogHost(): JSX.Element | null {
  const open = dialog.value;
  switch (open?.kind) {
    case "jump":
      return <Jump />;
    case "newChat":
      return <NewChat />;
    case "newGroup":
      return <NewGroup />;
    case "addMembers":
      return <AddMembers conversation={open.conversation} />;
    case "rename":
      return <Rename conversation={open.conversation} before={open.title} />;
    case "receipts":
      return <Receipts conversation={open.conversation} message={open.message} />;
    case "deleteAccount":
      return <DeleteAccount />;
    case "choose":
      return <Choose key={open.title} title={open.title} text={open.text} choices={open.choices} />;
    case undefined:
      return null;
  }
}
