import { invalid, unsupported } from '../core/errors.js';
import { toOnnx } from '../graph/onnx.js';
import type { TransformerConfig } from '../model/config.js';
import { inferenceGraph } from '../model/frozen.js';
import type { AnyModel, Model } from '../model/model.js';
import { isDouble } from '../model/parameters.js';
import type { TableConfig } from '../model/table/config.js';
import { type TargetKind, tableGraph } from '../model/table/network.js';
import { formatCount } from '../report/table.js';
import { writeFileAtomic } from '../runs/files.js';
import { openAnyModel } from '../runs/model-folder.js';
import { modelFolder } from './package.js';
import type { World } from './world.js';

/** @throws IcicleError where there is no such model, or the file cannot be written */
export async function exportModel(
  { model: path, target, output }: { model: string; target: TargetKind; output: string },
  world: World,
): Promise<void> {
  if (!/\.onnx$/i.test(output)) throw invalid('--output', output, 'it must end in .onnx');
  const model = await openAnyModel(modelFolder(path));
  if (isDouble(model.parameters))
    throw unsupported('model', path, 'its weights are float64; compile it again with --precision float32');
  const bytes = toOnnx(graphOf(model, target), { metadata: { name: model.name, sha256: model.hash } });
  await writeFileAtomic(output, bytes);
  await world.out(
    `${output}: ${formatCount(bytes.length)} bytes, ${model.name}, SHA-256 ${model.hash.slice(0, 16)}…\n`,
  );
}

function graphOf(model: AnyModel, target: TargetKind) {
  if ('kind' in model.config)
    return tableGraph(model.config, (model as Model<TableConfig>).parameters, target);
  const config: TransformerConfig = model.config;
  return inferenceGraph(config, config.points, model.parameters);
}
