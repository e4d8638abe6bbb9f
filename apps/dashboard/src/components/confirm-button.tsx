import { Button, Group, Modal, Stack } from '@mantine/core';
import type { ButtonProps } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorState } from './error-state.js';

/** A button whose action is asked about first. What it fails with is told where it was confirmed. */
export function ConfirmButton(props: {
  label: string;
  /** What will happen, and whether it can be undone. */
  children: ReactNode;
  action: () => Promise<unknown>;
  /** Takes away what cannot be brought back. */
  danger?: boolean;
  /** What the confirming button says; default: the label. */
  confirm?: string;
  size?: ButtonProps['size'];
  disabled?: boolean;
}) {
  const { label, children, action, danger = false, confirm = label, size, disabled } = props;
  const [opened, { open, close }] = useDisclosure(false);
  const mutation = useMutation({ mutationFn: action, onSuccess: close });
  const dismiss = () => {
    mutation.reset();
    close();
  };
  return (
    <>
      <Button variant="default" size={size} disabled={disabled} onClick={open}>
        {label}
      </Button>
      <Modal
        opened={opened}
        onClose={dismiss}
        title={label}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack>
          <div>{children}</div>
          {mutation.isError && <ErrorState error={mutation.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={dismiss}>
              Leave it
            </Button>
            <Button
              color={danger ? 'red' : undefined}
              loading={mutation.isPending}
              onClick={() => mutation.mutate()}
            >
              {confirm}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
