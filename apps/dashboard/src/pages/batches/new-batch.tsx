import { Button, FileInput, Group, Modal, Progress, Stack, Text } from '@mantine/core';
import type { BatchQuery } from '@zerorouter/contracts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { ErrorState } from '../../components/error-state.js';
import { BatchFormFields } from './batch-form-fields.js';
import { EMPTY_BATCH, readBatchForm } from './batch-form.js';
import type { BatchFormErrors } from './batch-form.js';
import { ItemsPreviewBox } from './items-preview.js';
import { previewItems } from './preview-items.js';
import { uploadBatch } from './upload-batch.js';

export function NewBatch({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Upload a batch"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <NewBatchForm onClose={onClose} />
    </Modal>
  );
}

function NewBatchForm({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [file, setFile] = useState<File | null>(null);
  const [form, setForm] = useState(EMPTY_BATCH);
  const [errors, setErrors] = useState<BatchFormErrors>({});
  const [sent, setSent] = useState(0);
  const leaving = useRef(new AbortController());
  // One attempt, however often it is sent: the same file with the same options is the same batch.
  const [idempotencyKey, setIdempotencyKey] = useState(() => crypto.randomUUID());
  useEffect(() => () => leaving.current.abort(), []);
  const preview = useQuery({
    queryKey: ['items', file?.name, file?.size, file?.lastModified],
    enabled: file !== null,
    queryFn: () => previewItems(file!),
  });
  const upload = useMutation({
    mutationFn: (query: BatchQuery) => {
      leaving.current = new AbortController();
      return uploadBatch(file!, {
        query,
        idempotencyKey,
        signal: leaving.current.signal,
        onProgress: setSent,
      });
    },
    onSuccess: async (batch) => {
      client.setQueryData(['batches', batch.id], batch);
      void client.invalidateQueries({ queryKey: ['batches', 'list'] });
      await navigate({ to: '/batches/$id', params: { id: batch.id } });
    },
    // Other content under the same key would be refused.
    onError: () => setIdempotencyKey(crypto.randomUUID()),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const read = readBatchForm(form);
        setErrors(read.errors ?? {});
        if (read.query !== null && file !== null) upload.mutate(read.query);
      }}
    >
      <Stack>
        <FileInput
          label="Items"
          description="NDJSON: one object a line, with a custom_id and a query or messages"
          placeholder="Choose a file"
          accept=".ndjson,.jsonl,application/x-ndjson"
          required
          clearable
          clearButtonProps={{ 'aria-label': 'Choose another file' }}
          value={file}
          onChange={setFile}
        />
        {file !== null && <ItemsPreviewBox file={file} query={preview} />}
        <BatchFormFields
          form={form}
          errors={errors}
          onChange={(next) => {
            setForm(next);
            setErrors({});
          }}
        />
        {upload.isPending && (
          <div>
            <Text size="sm">
              {sent < 1 ? 'Uploading' : 'Uploaded: the gateway stores the items'}
            </Text>
            <Progress value={sent * 100} aria-label="Upload" />
          </div>
        )}
        {upload.isError && <ErrorState error={upload.error} />}
        <Group justify="flex-end">
          <Button
            variant="default"
            onClick={() =>
              upload.isPending
                ? leaving.current.abort(new Error('You stopped the upload'))
                : onClose()
            }
          >
            {upload.isPending ? 'Stop the upload' : 'Cancel'}
          </Button>
          <Button
            type="submit"
            loading={upload.isPending}
            disabled={file === null || preview.data?.problem != null}
          >
            Route the batch
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
