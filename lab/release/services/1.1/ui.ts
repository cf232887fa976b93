import { secretCookie } from "../secret";
import { runService } from "../service";
import { startUi } from "../ui/start";
import { jobRoutes } from "./job-routes";
import { projectModel } from "./project-model";

runService("ui", () =>
  startUi({
    carrier: secretCookie,
    model: projectModel,
    shownSettings: [],
    addRoutes: jobRoutes,
  }),
);
