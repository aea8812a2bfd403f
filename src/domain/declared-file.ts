/** The declared configuration, where no other file is named. */
export const DECLARED_FILE = 'querent.config.yaml';
