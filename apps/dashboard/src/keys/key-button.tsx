import { Button } from '@mantine/core';
import { Icon } from '../components/icon.js';
import { useKey } from './credentials.js';
import { useKeyDialog } from './key-dialog-state.js';
import classes from './key-button.module.css';
import { KeyDialog } from './key-dialog.js';

/** Shows whether a key is in use (its beginning alone), and opens the dialog to change it. */
export function KeyButton() {
  const key = useKey();
  const { open } = useKeyDialog();
  return (
    <>
      <Button
        variant={key === null ? 'filled' : 'default'}
        size="sm"
        onClick={open}
        className={classes.button}
        aria-label={key === null ? 'Enter a key' : `API key ${key.slice(0, 7)}…`}
      >
        <Icon name="key" />
        <span className={classes.text}>{key === null ? 'Enter a key' : `${key.slice(0, 7)}…`}</span>
      </Button>
      <KeyDialog />
    </>
  );
}
