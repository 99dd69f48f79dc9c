import { bench } from '../service/bench.contract.js';
import { serveBench } from '../service/bench.application.js';

void serveBench(bench);
