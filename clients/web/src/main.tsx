import { render } from "preact";
import { App } from "./app.tsx";
import { showStoredTheme } from "./theme.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";

showStoredTheme();
render(<App />, document.getElementById("app")!);
