import json

from django.core.management import call_command

from whacc_web.serving.staticfiles import HashedStaticFilesStorage

APP = """
import "./lib/start.js";
import { draw } from "./lib/draw.js";
import {
  erase,
} from './lib/draw.js'
export * from "./lib/draw.js";

/** @param {import("./app.js").App} app */
export function run(app) { draw("./lib/draw.js"); }
"""
HASHED_APP = """
import "./{start}";
import {{ draw }} from "./{draw}";
import {{
  erase,
}} from "./{draw}"
export * from "./{draw}";

/** @param {{import("./app.js").App}} app */
export function run(app) {{ draw("./lib/draw.js"); }}
"""


def test_collected_scripts_import_each_other_by_hashed_names(tmp_path, settings):
    source = tmp_path / "static"
    (source / "js" / "lib").mkdir(parents=True)
    (source / "js" / "app.js").write_text(APP)
    (source / "js" / "lib" / "draw.js").write_text("export const draw = () => 1;\n")
    (source / "js" / "lib" / "start.js").write_text("start();\n")
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {
            "BACKEND": "whacc_web.serving.staticfiles.HashedStaticFilesStorage"
        }
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    paths = json.loads((tmp_path / "collected" / "staticfiles.json").read_text())[
        "paths"
    ]
    draw, start = paths["js/lib/draw.js"], paths["js/lib/start.js"]
    app = (tmp_path / "collected" / paths["js/app.js"]).read_text()
    assert draw != "js/lib/draw.js"
    assert app == HASHED_APP.format(
        draw=draw.removeprefix("js/"), start=start.removeprefix("js/")
    )
    assert HashedStaticFilesStorage().url("js/lib/draw.js") == f"/static/{draw}"
