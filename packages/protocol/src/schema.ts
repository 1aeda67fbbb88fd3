// The one file that imports the schema library.
export { z } from 'zod'
