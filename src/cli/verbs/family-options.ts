import { Option } from '@commander-js/extra-typings';
import { numberFlag } from '../usage.js';

// Flags that several verbs say a family of tasks with.

export const noiseOption = () =>
  new Option('--noise <σ>', 'standard deviation of the label noise').argParser(
    numberFlag('--noise', { least: 0, example: '0.25' }),
  );

export const scaleOption = () =>
  new Option('--scale <τ>', 'standard deviation of the weights').argParser(
    numberFlag('--scale', { least: 0, example: '1' }),
  );
