import { follow } from './page.js';

follow(process.argv[2] ?? '').then(
  ({ oneRxjs, at }) => {
    if (!oneRxjs) throw new Error('our observables are of another rxjs than the page’s');
    console.log(`the page saw tick ${at}`);
  },
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
