export {
  type Compiled,
  type CompileOptions,
  compile,
  familyOf,
  familyText,
  type Planned,
  planOf,
} from './compile.js';
export { answers, interpret, interpreted, type State } from './interpret.js';
export { type Verified, verify } from './passes/verify.js';
export { given, type Program, program, tokensIn, type Writer } from './program.js';
export {
  aboutPrograms,
  type CompileSpec,
  type ProgramName,
  programNames,
  programOf,
} from './programs/index.js';
export {
  type Gated,
  isGated,
  isScored,
  type Raw,
  type Read,
  type Scored,
  type Sparse,
  type Tokens,
} from './raw.js';
export type { Product } from './sparse.js';
export { lastToken, stateNames, type Written, writtenAt } from './state.js';
export { type TargetName, targetNames, targetOf } from './targets.js';
