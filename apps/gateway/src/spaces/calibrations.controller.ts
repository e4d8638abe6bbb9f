import { Body, Controller, Get, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import {
  calibrationListSchema,
  calibrationRequestSchema,
  calibrationSchema,
  DomainError,
} from '@zerorouter/contracts';
import type { CalibrationRequest, calibrateSpace, CalibrationView } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import { AccessLevel, parseWith } from '@zerorouter/platform';
import type { JobProducer } from '@zerorouter/platform';
import type { FastifyReply } from 'fastify';
import { Describe } from '../openapi/describe.js';
import { CALIBRATE_PRODUCER, CALIBRATION_DATA_DIR, DATABASE } from '../tokens.js';
import { viewCalibration } from './calibration-view.js';
import { checkDataSets } from './data-sets.js';

export type CalibrateProducer = JobProducer<
  typeof calibrateSpace.payload,
  typeof calibrateSpace.result
>;

@AccessLevel('admin')
@Controller('admin/v1/spaces/calibrations')
export class CalibrationsController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(CALIBRATE_PRODUCER) private readonly producer: CalibrateProducer,
    @Inject(CALIBRATION_DATA_DIR) private readonly dataDir: { path: string | undefined },
  ) {}

  @Post()
  @HttpCode(202)
  @Describe({
    summary: 'Learn a new latent space from outcomes; it arrives as a draft',
    tag: 'spaces',
    body: calibrationRequestSchema,
    responses: {
      202: {
        description: 'The calibration, queued',
        schema: calibrationSchema,
        headers: { location: 'Where to watch it' },
      },
    },
  })
  async create(
    @Body(parseWith(calibrationRequestSchema)) request: CalibrationRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CalibrationView> {
    await checkDataSets(this.dataDir.path, request.data_sets);
    const { data_sets: dataSets, ...options } = request;
    const calibration = await this.database.calibrations.create({ dataSets, options });
    try {
      await this.producer.add({ calibrationId: calibration.id }, { jobId: calibration.id });
    } catch (error) {
      await this.database.calibrations.update(calibration.id, {
        state: 'failed',
        error: 'it could not be put into the queue',
      });
      throw error;
    }
    void reply.header('location', `/admin/v1/spaces/calibrations/${calibration.id}`);
    return viewCalibration(calibration);
  }

  @Get()
  @Describe({
    summary: 'List the calibrations and recalibrations, newest first',
    tag: 'spaces',
    responses: { 200: { description: 'The calibrations', schema: calibrationListSchema } },
  })
  async list(): Promise<{ data: CalibrationView[] }> {
    return { data: (await this.database.calibrations.list()).map(viewCalibration) };
  }

  @Get(':id')
  @Describe({
    summary: 'See how far a calibration is',
    tag: 'spaces',
    params: { id: 'Its id' },
    responses: { 200: { description: 'The calibration', schema: calibrationSchema } },
  })
  async get(@Param('id') id: string): Promise<CalibrationView> {
    const calibration = await this.database.calibrations.get(id);
    if (calibration === null)
      throw new DomainError('calibration-not-found', `there is no calibration "${id}"`);
    return viewCalibration(calibration);
  }
}
