// Unpacks the browser of @sparticuz/chromium into node_modules/.browser: the program, the libraries that it needs
// beside glibc, and one font, so that every machine draws the same. The package itself unpacks into /tmp.
import { rm, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

const modules = join(import.meta.dirname, "node_modules");
const packed = join(modules, "@sparticuz", "chromium", "bin");
const target = join(modules, ".browser");
const made = `${target}.${process.pid}`;

await rm(made, { recursive: true, force: true });
await mkdir(made, { recursive: true });
process.env.TMPDIR = made; // where `inflate` unpacks to
const { inflate } = await import("@sparticuz/chromium");
for (const name of ["chromium", "fonts.tar", "swiftshader.tar", "al2023.tar"]) {
  await inflate(join(packed, `${name}.br`));
}
await writeFile(
  join(made, "fonts.conf"),
  `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${join(target, "fonts")}</dir><cachedir>${join(target, "fonts-cache")}</cachedir></fontconfig>
`,
);
await rm(target, { recursive: true, force: true });
await rename(made, target);
