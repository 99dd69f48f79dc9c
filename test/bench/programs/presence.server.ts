import { bench } from '../service/bench.contract.js';
import { serveBench } from './bench.application.js';

void serveBench({ ...bench, presence: true });
