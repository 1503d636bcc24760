// Reads simulations from standard input, writes IAM's decisions to standard output, both as JSON lists.
//
// Each is judged in strict mode, which knows every action, resource type and condition key of IAM's service
// reference and drops a condition key that the action does not have. Keys that no reference lists, those of
// an OIDC provider, are judged by the same engine without that check: the answer says which keys.
import { createValidatedPolicy, validateResourcePolicy } from '@cloud-copilot/iam-policy'
import { runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate'
import { text } from 'node:stream/consumers'

// Without a name on the resource policy the unchecked engine stops: a fault of version 0.1.173.
const withoutCheck = (full) =>
  runUnsafeSimulation({ ...full, resourcePolicy: named(full.resourcePolicy) }, {})
const named = (policy) => policy && createValidatedPolicy(policy, validateResourcePolicy, { name: 'resource' })

const judge = async (simulation) => {
  const full = { serviceControlPolicies: [], resourceControlPolicies: [], identityPolicies: [], ...simulation }
  const answer = await runSimulation(full, { simulationMode: 'Strict' })
  if (answer.resultType === 'error') {
    return { error: JSON.stringify(answer.errors) }
  }
  const results = answer.resultType === 'single' ? [answer.result] : answer.results
  const unchecked = [...new Set(results.flatMap((result) => result.ignoredContextKeys ?? []))]
  const decision = unchecked.length ? withoutCheck(full) : answer.overallResult
  const because = results
    .flatMap(({ analysis }) => [analysis?.identityAnalysis, analysis?.resourceAnalysis])
    .flatMap((found) => [...(found?.denyStatements ?? []), ...(found?.allowStatements ?? [])])
    .map((statement) => statement.explain.identifier)
  return { decision, unchecked, because }
}

const simulations = JSON.parse(await text(process.stdin))
process.stdout.write(JSON.stringify(await Promise.all(simulations.map(judge))))
