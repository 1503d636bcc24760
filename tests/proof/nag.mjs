// Reads {stack: template} from standard input, writes cdk-nag's findings as [stack, rule, logical id] lists.
import { App, Stack } from 'aws-cdk-lib'
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include'
import { AwsSolutionsChecks, HIPAASecurityChecks } from 'cdk-nag'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const folder = mkdtempSync(join(tmpdir(), 'nag-'))
const findings = []
for (const [name, template] of Object.entries(JSON.parse(await text(process.stdin)))) {
  const templateFile = join(folder, `${name}.json`)
  writeFileSync(templateFile, JSON.stringify(template))
  const stack = new Stack(new App(), name)
  new CfnInclude(stack, 'in', { templateFile })
  for (const pack of [new AwsSolutionsChecks(), new HIPAASecurityChecks()]) {
    for (const violation of pack.validateScope(stack).violations) {
      for (const resource of violation.violatingResources) {
        findings.push([name, violation.ruleName, resource.constructPath.split('/').at(-1)])
      }
    }
  }
}
rmSync(folder, { recursive: true })
process.stdout.write(JSON.stringify(findings))
