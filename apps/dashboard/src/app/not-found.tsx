import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { EmptyState } from '../components/empty-state.js';

export function NotFound() {
  return (
    <EmptyState title="There is no such page">
      <Anchor component={Link} to="/">
        Go to the overview
      </Anchor>
    </EmptyState>
  );
}
