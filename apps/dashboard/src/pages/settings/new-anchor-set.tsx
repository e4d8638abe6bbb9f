import {
  Button,
  FileInput,
  Group,
  Modal,
  NumberInput,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { anchorSetRequestSchema, anchorSetSchema } from '@zerorouter/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../../api/client.js';
import { ErrorState } from '../../components/error-state.js';

const SOURCES = [
  { value: 'templates', label: 'Drawn afresh' },
  { value: 'anchors', label: 'A file' },
  { value: 'data-set', label: 'A data set' },
];

export function NewAnchorSet({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="New anchor set"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <NewSetForm onClose={onClose} />
    </Modal>
  );
}

function NewSetForm({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [kind, setKind] = useState('templates');
  const [seed, setSeed] = useState<number | string>(2);
  const [copies, setCopies] = useState<number | string>(1);
  const [file, setFile] = useState<File | null>(null);
  const [dataSet, setDataSet] = useState('');
  const make = useMutation({
    mutationFn: async () => {
      const source =
        kind === 'templates'
          ? { kind, seed, copies }
          : kind === 'anchors'
            ? { kind, anchors: await readJson(file) }
            : { kind, data_set: dataSet.trim(), seed };
      const request = anchorSetRequestSchema.safeParse({ name, source });
      if (!request.success) {
        const [issue] = request.error.issues;
        throw new Error(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not valid'}`);
      }
      return send('POST', '/admin/v1/anchor-sets', request.data, anchorSetSchema);
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['anchor-sets'] });
      onClose();
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          required
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <SegmentedControl
          aria-label="Where from"
          data={SOURCES}
          value={kind}
          onChange={setKind}
          fullWidth
        />
        {kind === 'templates' && (
          <>
            <Text size="sm" c="dimmed">
              From the product’s own templates: other numbers, the same kinds of questions.
            </Text>
            <SimpleGrid cols={2}>
              <NumberInput
                label="Seed"
                min={0}
                allowDecimal={false}
                value={seed}
                onChange={setSeed}
              />
              <NumberInput
                label="Copies of each"
                min={1}
                max={10}
                allowDecimal={false}
                value={copies}
                onChange={setCopies}
              />
            </SimpleGrid>
          </>
        )}
        {kind === 'anchors' && (
          <FileInput
            label="Anchors"
            description="A JSON list of {id, text, domain, grader}"
            accept="application/json,.json"
            placeholder="Choose a file"
            required
            value={file}
            onChange={setFile}
          />
        )}
        {kind === 'data-set' && (
          <TextInput
            label="Folder"
            description="Its name in CALIBRATION_DATA_DIR; answers come with a score"
            required
            value={dataSet}
            onChange={(event) => setDataSet(event.currentTarget.value)}
          />
        )}
        {make.isError && <ErrorState error={make.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={make.isPending}>
            Make the set
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

async function readJson(file: File | null): Promise<unknown> {
  if (file === null) throw new Error('choose a file with the anchors');
  try {
    return JSON.parse(await file.text());
  } catch (error) {
    throw new Error(`${file.name} is no JSON: ${error instanceof Error ? error.message : ''}`, {
      cause: error,
    });
  }
}
