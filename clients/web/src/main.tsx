import { render } from "preact";
import { App } from "./app.tsx";
import { showStoredTheme } from "./theme.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/tables.css";
import "./styles/views.css";

showStoredTheme();
render(<App />, document.getElementById("app")!);
