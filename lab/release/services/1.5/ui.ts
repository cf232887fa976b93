import { empty } from "../router";
import { secretHeader } from "../secret";
import { runService } from "../service";
import { startUi } from "../ui/start";
import { jobRoutes } from "./job-routes";
import { projectModel } from "./project-model";
import { REGISTRY_PREFIX, registryProxy } from "./registry-proxy";

runService("ui", () =>
  startUi({
    carrier: secretHeader,
    model: projectModel,
    shownSettings: ["with_clair", "registry_storage_provider_name", "read_only"],
    addRoutes(router, services) {
      jobRoutes(router, services);
      router.on("GET", /^\/api\/ping$/, () => empty(200));
      router.raw(
        REGISTRY_PREFIX,
        registryProxy(() => services.configuration.text("registry_url")),
      );
    },
  }),
);
