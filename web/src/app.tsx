/** The app: what is shown depends on the session first, on the address second. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { ChatPane } from "./chat/chat-pane.tsx";
import { DialogHost } from "./dialogs/dialog-host.tsx";
import { useKeys } from "./keys.ts";
import { meridian, useObservable } from "./meridian.ts";
import { NetworkBanner } from "./network-banner.tsx";
import { useReadOut } from "./read-out.ts";
import { Settings } from "./settings/settings.tsx";
import { SettingsNav } from "./settings/settings-nav.tsx";
import { Sidebar } from "./sidebar/sidebar.tsx";
import { SignIn } from "./sign-in/sign-in.tsx";
import { loadBlocks } from "./state/blocks.ts";
import { closeDialog } from "./state/dialogs.ts";
import { closeMenu } from "./state/menu.ts";
import { go, home, route, type Route } from "./state/route.ts";
import { Announcer } from "./ui/announcer.tsx";
import { MenuHost } from "./ui/menu.tsx";
import { Toasts } from "./ui/toasts.tsx";
import { useTitle } from "./title.ts";
import { Welcome } from "./welcome.tsx";

export function App(): JSX.Element {
  const session = useObservable(meridian.session);
  return (
    <>
      {session.status === "loading" && <div class="blank" aria-busy="true" />}
      {session.status === "signedOut" && <SignIn reason={session.reason} />}
      {session.status === "signedIn" && <SignedIn key={session.user.id} />}
      <Toasts />
      <Announcer />
    </>
  );
}

function SignedIn(): JSX.Element {
  const at = route.value;
  useKeys();
  useTitle();
  useReadOut();
  useEffect(() => {
    // Not worth a word where it fails: the list only decides what a conversation offers.
    loadBlocks().catch(() => undefined);
    return () => {
      closeDialog();
      closeMenu(false);
      go(home, true);
    };
  }, []);

  const inside = at.page === "settings" ? at.section !== null : at.page === "chat";
  return (
    <div class="app" data-shows={inside ? "main" : "side"}>
      <NetworkBanner />
      <div class="side">{at.page === "settings" ? <SettingsNav section={at.section} /> : <Sidebar />}</div>
      <main class="main">
        <Main at={at} />
      </main>
      <DialogHost />
      <MenuHost />
    </div>
  );
}

function Main({ at }: { at: Route }): JSX.Element {
  if (at.page === "chat") return <ChatPane key={at.conversation} conversation={at.conversation} info={at.info} />;
  if (at.page === "settings" && at.section !== null) return <Settings section={at.section} />;
  return <Welcome />;
}
