// Reads simulations from standard input, writes IAM's decisions to standard output, both as JSON lists.
//
// Each is judged in strict mode, which knows every action, resource type and condition key of IAM's service
// reference and drops a condition key that the action does not have. Keys that no reference lists, those of
// an OIDC provider, are judged by the same engine without that check: the answer says which keys.
import { createValidatedPolicy, validateIdentityPolicy, validateResourcePolicy } from '@cloud-copilot/iam-policy'
import { runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate'
import { text } from 'node:stream/consumers'

const { policies, simulations } = JSON.parse(await text(process.stdin))

// Simulations name policies by number: each is checked once for each place that it stands in.
const once = (validate) => {
  const known = new Map()
  return (number) => {
    if (!known.has(number)) {
      // Without a name on the resource policy the unchecked engine stops: a fault of version 0.1.173.
      known.set(number, createValidatedPolicy(policies[number], validate, { name: 'resource' }))
    }
    return known.get(number)
  }
}
const identity = once(validateIdentityPolicy)
const resource = once(validateResourcePolicy)
const held = (several) => several?.map(({ name, policy }) => ({ name, policy: identity(policy) }))

const judge = async (simulation) => {
  const full = {
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...simulation,
    identityPolicies: held(simulation.identityPolicies) ?? [],
    permissionBoundaryPolicies: held(simulation.permissionBoundaryPolicies),
    resourcePolicy: simulation.resourcePolicy && resource(simulation.resourcePolicy)
  }
  const answer = await runSimulation(full, { simulationMode: 'Strict' })
  if (answer.resultType === 'error') {
    return { error: JSON.stringify(answer.errors) }
  }
  const results = answer.resultType === 'single' ? [answer.result] : answer.results
  const unchecked = [...new Set(results.flatMap((result) => result.ignoredContextKeys ?? []))]
  const decision = unchecked.length ? runUnsafeSimulation(full, {}) : answer.overallResult
  const because = results
    .flatMap(({ analysis }) => [analysis?.identityAnalysis, analysis?.resourceAnalysis])
    .flatMap((found) => [...(found?.denyStatements ?? []), ...(found?.allowStatements ?? [])])
    .map((statement) => statement.explain.identifier)
  return { decision, unchecked, because }
}

process.stdout.write(JSON.stringify(await Promise.all(simulations.map(judge))))
