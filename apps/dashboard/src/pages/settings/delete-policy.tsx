import { useQueryClient } from '@tanstack/react-query';
import { sendOnly } from '../../api/client.js';
import { ConfirmButton } from '../../components/confirm-button.js';

export function DeletePolicy({ name }: { name: string }) {
  const client = useQueryClient();
  return (
    <ConfirmButton
      label="Delete"
      size="compact-sm"
      danger
      action={async () => {
        await sendOnly('DELETE', `/admin/v1/policies/${encodeURIComponent(name)}`);
        await Promise.all(
          ['policies', 'names'].map((key) => client.invalidateQueries({ queryKey: [key] })),
        );
      }}
    >
      “{name}” goes with all its versions: requests that name it are refused. Decisions made under
      it stay.
    </ConfirmButton>
  );
}
