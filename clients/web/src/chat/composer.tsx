import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../parts/icon.tsx";

export interface ComposerProps {
  /** An answer is being made: it can be stopped, and nothing else be asked. */
  isBusy: boolean;
  onAsk: (question: string) => void;
  onStop: () => void;
}

/** Enter sends, with Shift it breaks the line. */
export function Composer({ isBusy, onAsk, onStop }: ComposerProps) {
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    // On a touch screen that would bring up the keyboard, over half of what there is to read.
    if (matchMedia("(pointer: fine)").matches) field.current?.focus({ preventScroll: true });
  }, []);

  function send() {
    const question = text.trim();
    if (isBusy || question === "") return;
    setText("");
    onAsk(question);
  }

  function onKeyDown(event: KeyboardEvent) {
    // An Enter that ends the composing of a character is not meant for us.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea ref={field} aria-label="Message" placeholder="Message" rows={1} value={text} onInput={(event) => setText(event.currentTarget.value)} onKeyDown={onKeyDown} />
      {isBusy ? (
        <button type="button" onClick={onStop}>
          <Icon name="stop" />
          Stop
        </button>
      ) : (
        <button type="submit" class="primary" disabled={text.trim() === ""}>
          <Icon name="send" />
          Send
        </button>
      )}
    </form>
  );
}
