import { defineFaults } from '@switchyard/contract';

// The faults of the knowledge base: unknown items, failed refreshes and failed uploads.
defineFaults({
  'item.not_found': {
    status: 404,
    recoverable: false,
    message: 'unable to find the item; nothing is known under this id',
    help: 'Load the list again; it may have been deleted.',
  },
  'item.not_refreshable': {
    status: 409,
    recoverable: false,
    message: 'unable to refresh the item; it was uploaded, not crawled',
    help: 'Upload the file again to replace it.',
  },
  'upload.unsupported': {
    status: 400,
    recoverable: false,
    message: 'unable to take in the file; it is of no supported type',
    help: 'Upload text, Markdown, HTML or PDF.',
  },
  'upload.unreadable': {
    status: 400,
    recoverable: false,
    message: 'unable to take in the file; it cannot be read',
    help: 'Check that it opens, is not protected by a password and is what its name says.',
  },
  'upload.too_complex': {
    status: 413,
    recoverable: false,
    message: 'unable to take in the file; reading it takes too much time, memory or depth',
    help: 'Divide it into smaller files, or save it in a simpler form.',
  },
  'upload.interrupted': {
    status: 503,
    recoverable: true,
    message: 'unable to take in the file; its reader was ended before it was done',
    help: 'Upload it again.',
  },
  'upload.busy': {
    status: 429,
    recoverable: true,
    message: 'unable to take in the file; too many of yours wait already',
    help: 'Upload it again when some of them are done.',
  },
  'upload.empty': {
    status: 400,
    recoverable: false,
    message: 'unable to take in the file; it has no text',
    help: 'Scanned pages need text recognition first.',
  },
});
