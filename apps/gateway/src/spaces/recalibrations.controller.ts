import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { calibrationSchema, recalibrationRequestSchema } from '@zerorouter/contracts';
import type { CalibrationView, RecalibrationRequest } from '@zerorouter/contracts';
import { AccessLevel, parseWith } from '@zerorouter/platform';
import type { FastifyReply } from 'fastify';
import { Describe } from '../openapi/describe.js';
import { viewCalibration } from './calibration-view.js';
import { RecalibrationService } from './recalibration.service.js';

@AccessLevel('admin')
@Controller('admin/v1/spaces/recalibrations')
export class RecalibrationsController {
  constructor(private readonly recalibrations: RecalibrationService) {}

  @Post()
  @HttpCode(202)
  @Describe({
    summary:
      'Refit the active space to what three or more models answered on an anchor set; it arrives as a draft in the same coordinates',
    tag: 'spaces',
    body: recalibrationRequestSchema,
    responses: {
      202: {
        description: 'The recalibration, queued',
        schema: calibrationSchema,
        headers: { location: 'Where to watch it' },
      },
    },
  })
  async create(
    @Body(parseWith(recalibrationRequestSchema)) request: RecalibrationRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CalibrationView> {
    const calibration = await this.recalibrations.begin(request);
    void reply.header('location', `/admin/v1/spaces/calibrations/${calibration.id}`);
    return viewCalibration(calibration);
  }
}
